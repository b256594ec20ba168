/** The tenant in which DaTamer watches itself. */
export const OWN_TENANT = 'datamer';

/** `.internal` is set aside for private use (ICANN, 2024): no mail server of the world answers for it. */
export const OWN_DOMAIN = 'datamer.internal';
