// First file of the language server's process, as it ships.
import path from 'node:path';
import { runCached } from './codeCache';

runCached(path.join(__dirname, 'serverMain.js'));
