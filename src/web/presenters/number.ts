/** `7,713` */
export function presentNumber(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}
