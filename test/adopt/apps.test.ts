import { expect, it } from 'vitest';
import { appNames } from './copy.js';
import { groups } from './list/index.js';

it('the list has every app that is there', () => {
  const names = Object.values(groups).flatMap((apps) => apps.map(({ name }) => name));
  expect(names.toSorted()).toEqual(appNames.toSorted());
});
