import { expect, it } from 'vitest';
import { remembered } from '../src/remembered.js';

it('an answer about an object is worked out once, undefined as well, and belongs to no copy of the object', () => {
  let asked = 0;
  const lengthOf = remembered(({ text }: { readonly text: string | undefined }) => {
    asked += 1;
    return text?.length;
  });
  const [four, none] = [{ text: 'four' }, { text: undefined }];
  expect([lengthOf(four), lengthOf(four), lengthOf(none), lengthOf(none), asked]).toEqual([
    4,
    4,
    undefined,
    undefined,
    2,
  ]);
  expect(lengthOf({ ...four, text: 'seven..' })).toBe(7);
  expect([JSON.stringify(four), Object.keys(four)]).toEqual(['{"text":"four"}', ['text']]);
});

it('two functions remember their answers about one object apart', () => {
  const [first, second] = [remembered((_list: object) => ['a']), remembered((_list: object) => ['b'])];
  const list = {};
  expect([first(list), second(list)]).toEqual([['a'], ['b']]);
  expect(first(list)).toBe(first(list));
});
