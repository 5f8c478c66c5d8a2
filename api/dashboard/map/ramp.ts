/** 0 below `from`, 1 above `to`, smooth between: so everything on the map comes and goes. */
export const ramp = (value: number, from: number, to: number): number => {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return part * part * (3 - 2 * part)
}
