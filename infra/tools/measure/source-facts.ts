/**
 * What the syntax of one source file says that the house keeps count of: functions, casts, exports,
 * imports, comments. Facts only; what of them is a fault is said by `infra/tools/tidy`, what of
 * them is worth a number by `measure.ts`.
 */
import { type ExportFact, exportFacts, type ImportFact, importFacts } from './export-facts.ts'
import {
  hasReason,
  isSyntax,
  listIn,
  nameIn,
  type Reading,
  readingOf,
  type Syntax,
} from './syntax.ts'
import {
  type SilentCatchFact,
  silentCatchFacts,
  type TimerFact,
  timerFacts,
} from './waiting-facts.ts'
import { type PatternFact, patternFacts, wordFacts } from './word-facts.ts'

export type FunctionFact = Readonly<{
  /** Own name, or that of the variable, property or method it is the value of; null: anonymous. */
  name: string | null
  line: number
  lines: number
  parameters: number
  /** Nothing but arithmetic: every parameter is a number or a bigint. */
  isArithmetic: boolean
}>

export type CastFact = Readonly<{
  line: number
  text: string
  isThroughUnknown: boolean
  /** A comment on one of its lines, or on the line before. */
  hasReason: boolean
}>

/** A constant of the module that is a plain number, or follows from such by arithmetic. */
export type NumberFact = Readonly<{ name: string; line: number }>

export type CommentFact = Readonly<{ line: number; text: string }>

export type SourceFacts = Readonly<{
  lines: number
  characters: number
  commentLines: number
  functions: readonly FunctionFact[]
  casts: readonly CastFact[]
  exports: readonly ExportFact[]
  imports: readonly ImportFact[]
  comments: readonly CommentFact[]
  numbers: readonly NumberFact[]
  timers: readonly TimerFact[]
  silentCatches: readonly SilentCatchFact[]
  /** Words of names and literals, each with the line where it stands first. */
  words: ReadonlyMap<string, number>
  patterns: readonly PatternFact[]
  nonNullAssertions: number
  anys: number
  suppressions: number
}>

const FUNCTIONS = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'])
const SUPPRESSION = /@ts-(ignore|expect-error|nocheck)|biome-ignore/

const nameOfFunction = (node: Syntax, parent: Syntax | null): string | null => {
  const own = nameIn(node.id)
  if (own !== null || parent === null) return own
  if (parent.type === 'VariableDeclarator') return nameIn(parent.id)
  return parent.type === 'Property' || parent.type === 'MethodDefinition'
    ? nameIn(parent.key)
    : null
}

const typeOfParameter = (parameter: Syntax): string | null => {
  const annotation = parameter.typeAnnotation
  const type = isSyntax(annotation) ? annotation.typeAnnotation : null
  return isSyntax(type) ? type.type : null
}

const functionFact = (node: Syntax, parent: Syntax | null, { lineAt }: Reading): FunctionFact => {
  const parameters = listIn(node.params)
  const types = parameters.map(typeOfParameter)
  return {
    name: nameOfFunction(node, parent),
    line: lineAt(node.start),
    lines: lineAt(node.end) - lineAt(node.start) + 1,
    parameters: parameters.length,
    isArithmetic: types.every((type) => type === 'TSNumberKeyword' || type === 'TSBigIntKeyword'),
  }
}

const isConstAssertion = (node: Syntax, text: string): boolean =>
  isSyntax(node.typeAnnotation) &&
  text.slice(node.typeAnnotation.start, node.typeAnnotation.end) === 'const'

const castFact = (node: Syntax, reading: Reading): CastFact => ({
  line: reading.lineAt(node.start),
  text: reading.text.slice(node.start, node.end).replace(/\s+/g, ' '),
  isThroughUnknown: isSyntax(node.expression) && node.expression.type === 'TSAsExpression',
  hasReason: hasReason(node, reading),
})

/** A number's literal, or arithmetic of such and of other constants. */
const isNumeric = (node: Syntax): boolean => {
  if (node.type === 'Literal') return typeof node.value === 'number' || 'bigint' in node
  if (node.type === 'UnaryExpression') return isSyntax(node.argument) && isNumeric(node.argument)
  if (node.type !== 'BinaryExpression') return false
  const sides = [node.left, node.right].filter(isSyntax)
  return sides.some(isNumeric) && sides.every((side) => isNumeric(side) || nameIn(side) !== null)
}

const numberFacts = ({ nodes, lineAt }: Reading): NumberFact[] => {
  const [program] = nodes[0] ?? []
  return listIn(program?.body)
    .map((statement) => (isSyntax(statement.declaration) ? statement.declaration : statement))
    .filter(({ type, kind }) => type === 'VariableDeclaration' && kind === 'const')
    .flatMap((statement) => listIn(statement.declarations))
    .filter(({ init }) => isSyntax(init) && isNumeric(init))
    .map(({ id, start }) => ({ name: nameIn(id) ?? '', line: lineAt(start) }))
}

/** Lines that hold a comment and nothing else. */
const pureCommentLines = (text: string, commented: ReadonlySet<number>): number =>
  text.split('\n').filter((line, at) => commented.has(at + 1) && /^\s*(\/\/|\/?\*)/.test(line))
    .length

/** Reads a TypeScript text. Throws with the parser's own words when it cannot be parsed. */
export const sourceFactsOf = (file: string, text: string): SourceFacts => {
  const reading = readingOf(file, text)
  const { nodes, of, comments, lineAt, commentedLines } = reading
  return {
    lines: text.split('\n').length - 1,
    characters: text.length,
    commentLines: pureCommentLines(text, commentedLines),
    functions: nodes
      .filter(([node]) => FUNCTIONS.has(node.type))
      .map(([node, parent]) => functionFact(node, parent, reading)),
    casts: of('TSAsExpression')
      .filter(
        ([node, parent]) => !isConstAssertion(node, text) && parent?.type !== 'TSAsExpression',
      )
      .map(([node]) => castFact(node, reading)),
    exports: exportFacts(reading),
    imports: importFacts(reading),
    comments: comments.map(({ start, value }) => ({ line: lineAt(start), text: value })),
    numbers: numberFacts(reading),
    timers: timerFacts(reading),
    silentCatches: silentCatchFacts(reading),
    words: wordFacts(reading),
    patterns: patternFacts(reading),
    nonNullAssertions: of('TSNonNullExpression').length,
    anys: of('TSAnyKeyword').length,
    suppressions: comments.filter(({ value }) => SUPPRESSION.test(value)).length,
  }
}
