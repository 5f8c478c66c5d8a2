/** Arithmetic of benchmarks: what is compared is measured in turns within one run, and medians are told. */

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

/** A Markdown table. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Events in `ms` as events per second, in thousands. */
export const perSecond = (events: number, ms: number): string => `${(events / ms).toFixed(1)}k`
