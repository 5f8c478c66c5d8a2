/**
 * What the house does not want in code, by the syntax of one file: each check says what is wrong
 * and where. What may stay, and why, is in exceptions.ts.
 */
import { isGenerated, type MeasuredFile } from '../measure/measured-files.ts'
import { hasManyParameters, isLong } from '../measure/measures.ts'
import type { FunctionFact } from '../measure/source-facts.ts'
import { isSource } from './layers.ts'

export type Fault = Readonly<{
  file: string
  line: number
  /** What is wrong, in words that name the thing. */
  text: string
}>

const SOURCE_LINES_MAX = 350
const TEST_LINES_MAX = 450
/** A world's definition is one long table. */
const DEFINITION = /^domain\/worlds\/[\w-]+\/definition\.ts$/

const named = ({ name }: FunctionFact): string => name ?? 'a function without a name'

/** Casts of sources whose reason does not stand beside them. */
export const castFaults = ({ file, text: source, facts }: MeasuredFile): Fault[] =>
  isSource(file) && !isGenerated(source)
    ? facts.casts
        .filter(({ hasReason }) => !hasReason)
        .map(({ line, text }) => ({ file, line, text: `casts without a reason: ${text}` }))
    : []

/**
 * Functions whose arguments nobody can tell apart by their place. A test's callback takes the
 * columns of its table.
 */
export const parameterFaults = ({ file, facts }: MeasuredFile): Fault[] =>
  facts.functions
    .filter((one) => hasManyParameters(one) && (isSource(file) || one.name !== null))
    .map((one) => ({
      file,
      line: one.line,
      text: `${named(one)} takes ${one.parameters} arguments by their place`,
    }))

/** Files that are too long, and functions of sources: a test's `describe` holds many. */
export const lengthFaults = ({ file, text, facts }: MeasuredFile): Fault[] => {
  if (DEFINITION.test(file) || isGenerated(text)) return []
  const linesMax = isSource(file) ? SOURCE_LINES_MAX : TEST_LINES_MAX
  const long =
    facts.lines > linesMax ? [{ file, line: linesMax, text: `has ${facts.lines} lines` }] : []
  const functions = isSource(file) ? facts.functions.filter(isLong) : []
  return [
    ...long,
    ...functions.map((one) => ({
      file,
      line: one.line,
      text: `${named(one)} has ${one.lines} lines`,
    })),
  ]
}

/** Tests and their support that let time pass instead of awaiting a condition. */
export const sleepFaults = ({ file, facts }: MeasuredFile): Fault[] =>
  isSource(file)
    ? []
    : facts.timers
        .filter(({ isCleared }) => !isCleared)
        .map(({ line, name }) => ({ file, line, text: `sleeps by ${name}` }))

/** Errors that nobody learns of, without a word why. */
export const swallowedFaults = ({ file, facts }: MeasuredFile): Fault[] =>
  facts.silentCatches
    .filter(({ hasReason }) => !hasReason)
    .map(({ line }) => ({ file, line, text: 'passes over an error and does not say why' }))

/** Plain numbers of a module in another spelling than `SCREAMING_CASE`. */
export const spellingFaults = ({ file, facts }: MeasuredFile): Fault[] =>
  facts.numbers
    .filter(({ name }) => !/^[A-Z][A-Z0-9_]*$/.test(name))
    .map(({ name, line }) => ({ file, line, text: `${name} is a number in another spelling` }))
