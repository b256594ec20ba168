// Makes pages faster; every one of them works without it.
import { offerCopying } from './copy.js';
import { sendInPlace } from './in-place.js';
import { listenToKeys } from './keys.js';
import { tendList } from './list.js';
import { keepLive } from './live.js';
import { openMailsInPlace } from './opened-mail.js';
import { tendMenu } from './menu.js';
import { tendSelection } from './selection.js';
import { tendForms } from './verbs.js';
import { offerPrinting } from './print.js';

document.documentElement.classList.add('has-script');
keepLive();
tendList();
tendSelection();
tendMenu();
tendForms();
listenToKeys();
sendInPlace();
offerCopying();
openMailsInPlace();
offerPrinting();
