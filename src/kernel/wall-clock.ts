/** Times of day as people write them: `HH:MM`, from 00:00 to 23:59. */
const WALL_CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

export function isWallClock(text: string): boolean {
  return WALL_CLOCK.test(text);
}

/** Minutes since midnight. @param time an accepted `HH:MM` */
export function minutesOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
