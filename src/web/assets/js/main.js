// Makes pages faster; every one of them works without it.
import { keepLive } from './live.js';

keepLive();
