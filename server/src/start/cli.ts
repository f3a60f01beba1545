#!/usr/bin/env node
// First file of the command line's process, as it ships.
import path from 'node:path';
import { runCached } from './codeCache';

runCached(path.join(__dirname, 'cliMain.js'));
