/**
 * Arithmetic of benchmarks: what is compared is measured in turns within one run, and medians are
 * told.
 */

/** The middle of the values, or the value that `part` of them (0.95) do not exceed. */
export const quantile = (values: readonly number[], part = 0.5): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** Milliseconds that `work` takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** One of those that are compared: does the `round`-th share of the work (from 0; 0 warms up). */
export type Contender = Readonly<{ name: string; run: (round: number) => Promise<unknown> }>

/** Milliseconds of each counted round by contender. Every round, another one begins. */
export const measureInTurns = async (
  contenders: readonly Contender[],
  rounds: number,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const measured = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const contender = contenders[(round + turn) % contenders.length]
      if (contender === undefined) continue
      const ms = await timed(() => contender.run(round))
      if (round > 0) measured.get(contender.name)?.push(ms)
    }
  }
  return measured
}

/** How many times as fast as `other` the work was that took `ours`: the median of the rounds. */
export const medianRatio = (other: readonly number[], ours: readonly number[]): string =>
  quantile(other.map((ms, round) => ms / (ours[round] ?? Number.NaN))).toFixed(2)

/** A Markdown table. */
export const markdownTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Events in `ms` as events per second, in thousands. */
export const perSecond = (events: number, ms: number): string => `${(events / ms).toFixed(1)}k`
