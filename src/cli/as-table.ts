/** Figures as text for a terminal: a name, then columns that line up. */

/** What is asked of a row's name and of each of its figures. */
const NAME_WIDTH = 34;
const FIGURE_WIDTH = 10;

/** Each line is a name and its figures; a null has none. */
export function asTable(lines: readonly (readonly [name: string, ...figures: (string | null)[]])[]): string {
  return lines
    .map(([name, ...figures]) => {
      const cells = figures.map((figure) => ` ${(figure ?? '').padStart(FIGURE_WIDTH)}`);
      return `${name.padEnd(NAME_WIDTH)}${cells.join('')}`.trimEnd();
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** A share as it is compared: `0.984`. */
export function asShare(value: number): string {
  return value.toFixed(3);
}
