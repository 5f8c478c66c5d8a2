/** The numbers of a set of files that stand for how it reads. Each is a count or a share. */
import { isSource } from '../tidy/layers.ts'
import { circlesOf } from './import-graph.ts'
import { importGraphOf, type MeasuredFile, sourcesOf } from './measured-files.ts'
import type { FunctionFact } from './source-facts.ts'

/** More lines than a function should have, and more parameters than can be told apart by place. */
const FUNCTION_LINES_MAX = 70
const POSITIONAL_PARAMETERS_MAX = 4

export type Measure = Readonly<{ name: string; value: string }>

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

const quantile = (numbers: readonly number[], share: number): number => {
  const ascending = numbers.toSorted((a, b) => a - b)
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0
}

const spread = (numbers: readonly number[]): string =>
  `${quantile(numbers, 0.5)} / ${quantile(numbers, 0.9)} / ${Math.max(0, ...numbers)}`

const percent = (part: number, whole: number, digits = 0): string =>
  `${whole === 0 ? 0 : ((100 * part) / whole).toFixed(digits)} %`

const largestCircle = (files: readonly MeasuredFile[], withTypes: boolean): number =>
  circlesOf(importGraphOf(files, { withTypes }))[0]?.length ?? 0

export const isLong = ({ lines }: FunctionFact): boolean => lines > FUNCTION_LINES_MAX

/** Too many to tell apart by place; pure arithmetic has its formula's own order. */
export const hasManyParameters = ({ parameters, isArithmetic }: FunctionFact): boolean =>
  parameters > POSITIONAL_PARAMETERS_MAX && !isArithmetic

const functionMeasures = (functions: readonly FunctionFact[]): Measure[] => {
  const named = functions.filter(({ name }) => name !== null).map(({ lines }) => lines)
  const long = functions.filter(isLong).length
  const many = functions.filter(({ parameters }) => parameters > POSITIONAL_PARAMETERS_MAX)
  return [
    { name: 'function lines p50 / p90 / max', value: spread(named) },
    {
      name: `functions over ${FUNCTION_LINES_MAX} lines`,
      value: `${long} (${percent(long, functions.length, 2)})`,
    },
    {
      name: `functions of ≥ ${POSITIONAL_PARAMETERS_MAX + 1} parameters`,
      value: `${many.length} (${many.filter(hasManyParameters).length} beyond arithmetic)`,
    },
  ]
}

const typeMeasures = (sources: readonly MeasuredFile[], kloc: number): Measure[] => {
  const casts = sources.flatMap(({ facts }) => facts.casts)
  const total = (of: (file: MeasuredFile) => number) => sum(sources.map(of))
  return [
    {
      name: '`as` casts a kloc (through unknown)',
      value: `${(casts.length / kloc).toFixed(1)} (${casts.filter(({ isThroughUnknown }) => isThroughUnknown).length})`,
    },
    {
      name: 'casts without a reason',
      value: `${casts.filter(({ hasReason }) => !hasReason).length} of ${casts.length}`,
    },
    {
      name: '`!` / `any` / suppressions',
      value: [
        total(({ facts }) => facts.nonNullAssertions),
        total(({ facts }) => facts.anys),
        total(({ facts }) => facts.suppressions),
      ].join(' / '),
    },
  ]
}

/** The measures of some files, sources and tests together; what is counted of each is in its name. */
export const measuresOf = (files: readonly MeasuredFile[]): Measure[] => {
  const sources = sourcesOf(files)
  const lines = sum(sources.map(({ facts }) => facts.lines))
  const tests = sum(files.filter(({ file }) => !isSource(file)).map(({ facts }) => facts.lines))
  const exported = sources.flatMap(({ facts }) => facts.exports)
  const comments = sum(sources.map(({ facts }) => facts.commentLines))
  return [
    { name: 'source files', value: String(sources.length) },
    { name: 'source lines', value: String(lines) },
    {
      name: 'characters a line',
      value: (sum(sources.map(({ facts }) => facts.characters)) / Math.max(1, lines)).toFixed(1),
    },
    ...functionMeasures(sources.flatMap(({ facts }) => facts.functions)),
    { name: 'file lines p50 / p90 / max', value: spread(sources.map(({ facts }) => facts.lines)) },
    {
      name: 'largest circle of imports, values / with types',
      value: `${largestCircle(sources, false)} / ${largestCircle(sources, true)}`,
    },
    {
      name: 'exported declarations documented',
      value: percent(exported.filter(({ isDocumented }) => isDocumented).length, exported.length),
    },
    { name: 'comment lines', value: percent(comments, lines, 1) },
    ...typeMeasures(sources, Math.max(1, lines) / 1000),
    { name: 'test lines : source lines', value: (tests / Math.max(1, lines)).toFixed(2) },
  ]
}
