import { readFile } from 'node:fs/promises';

export const loadQuotes = async () => (await readFile('quotes.txt', 'utf8')).trim().split('\n');
