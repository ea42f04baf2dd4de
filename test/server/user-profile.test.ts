import { expect, it } from 'vitest';
import { isInUserProfile, userProfileIn } from '../../src/server/index.js';

it.each([
  ['C:\\Users\\ann', 'C:\\Users\\ann'],
  ['c:/users/Ann/source/dante', 'c:/users/Ann'],
  ['C:\\Users\\Public.Ann\\x', 'C:\\Users\\Public.Ann'],
  ['%USERPROFILE%\\nvm\\node.exe', '%USERPROFILE%'],
  ['%LocalAppData%\\fnm\\node.exe', '%LocalAppData%'],
  ['D:\\Profiles\\ann\\AppData\\Roaming\\nvm\\v22\\node.exe', 'D:\\Profiles\\ann'],
  ['C:\\Users\\Public', undefined],
  ['C:\\Users\\Public\\apps\\dante', undefined],
  ['C:\\Users\\', undefined],
  ['C:\\inetpub\\users\\ann', undefined],
  ['%ProgramFiles%\\nodejs\\node.exe', undefined],
  ['node.exe', undefined],
  ['', undefined],
])('the user profile in %j is %j', (path, profile) => {
  expect([userProfileIn(path), isInUserProfile(path)]).toEqual([profile, profile !== undefined]);
});
