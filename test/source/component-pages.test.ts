import { expect, it } from 'vitest';
import { readFolder } from '../../src/source/index.js';
import { readPages } from '../../src/source/pages.js';
import { folderWith } from '../scaffold/workspace.js';

const connect = "import { io } from 'socket.io-client';\nconst socket = io();";

it.each([
  ['App.vue', `<script setup lang="ts">\n${connect}\n</script>\n<template><p/></template>`],
  ['src/routes/+page.svelte', `<script>\n${connect}\n</script>\n<p>{socket.id}</p>`],
  [
    'src/pages/index.astro',
    `---\nconst now: Date = new Date();\n---\n<p>{now}</p><script>\n${connect}\nlet id: string;\n</script>`,
  ],
])('the client in the component %s is read', (file, text) => {
  const [page] = readPages(readFolder(folderWith({ [file]: text }), false));
  expect(page?.clients).toHaveLength(1);
});
