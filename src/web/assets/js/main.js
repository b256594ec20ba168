// Makes pages faster; every one of them works without it.
import { offerCopying } from './copy.js';
import { sendInPlace } from './in-place.js';
import { keepLive } from './live.js';
import { openMailsInPlace } from './opened-mail.js';

keepLive();
sendInPlace();
offerCopying();
openMailsInPlace();
