import { expect, it } from 'vitest';
import { groups } from './apps.js';
import { appFolders } from './deployed.js';

it('the list has every app that is there', () => {
  const names = Object.values(groups).flatMap((apps) => apps.map(({ name }) => name));
  expect(names.toSorted()).toEqual(appFolders.toSorted());
});
