/** Text from mails in chat rooms: it must not ring everybody, nor pass for a link of ours. */

const ZERO_WIDTH_SPACE = '\u200b';

/** `@channel` names nobody, `[text](address)` is no link: whoever can send a mail writes these words. */
export function tameChatText(text: string): string {
  return text
    .replace(/(^|[^\w.+-])@(?=\w)/g, `$1@${ZERO_WIDTH_SPACE}`)
    .replaceAll('](', `]${ZERO_WIDTH_SPACE}(`);
}
