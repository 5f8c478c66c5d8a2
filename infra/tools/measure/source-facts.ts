/**
 * What the syntax of one source file says that the house keeps count of: functions, casts, exports,
 * imports, comments. Facts only; what of them is a fault is said by `infra/tools/tidy`, what of them is
 * worth a number by `measure.ts`.
 */
import { type Comment, parseSync } from 'oxc-parser'

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

export type ExportFact = Readonly<{ name: string; line: number; isDocumented: boolean }>

export type ImportFact = Readonly<{
  specifier: string
  isTypeOnly: boolean
  names: readonly string[]
}>

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
  nonNullAssertions: number
  anys: number
  suppressions: number
}>

type Syntax = Readonly<{ type: string; start: number; end: number }> &
  Readonly<Record<string, unknown>>

const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { type?: unknown }).type === 'string'

const FUNCTIONS = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'])
const DECLARATIONS = new Set([
  'FunctionDeclaration',
  'ClassDeclaration',
  'VariableDeclaration',
  'TSTypeAliasDeclaration',
  'TSInterfaceDeclaration',
])
const SUPPRESSION = /@ts-(ignore|expect-error|nocheck)|biome-ignore/

const childrenOf = (node: Syntax): Syntax[] =>
  Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isSyntax) : isSyntax(value) ? [value] : [],
  )

/** Every node of a tree with its parent, parents first. */
const nodesOf = (root: Syntax): [node: Syntax, parent: Syntax | null][] => {
  const found: [Syntax, Syntax | null][] = []
  const open: [Syntax, Syntax | null][] = [[root, null]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next)
    const [node] = next
    for (const child of childrenOf(node).reverse()) open.push([child, node])
  }
  return found
}

const nameIn = (holder: unknown): string | null =>
  isSyntax(holder) && typeof holder.name === 'string' ? holder.name : null

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

const parametersOf = (node: Syntax): Syntax[] =>
  Array.isArray(node.params) ? node.params.filter(isSyntax) : []

/** Where each line of a text begins, and the 1-based line of an offset. */
const linesOf = (text: string) => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset: number): number => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}

type Reading = Readonly<{
  text: string
  lineAt: (offset: number) => number
  commentedLines: ReadonlySet<number>
}>

const functionFact = (node: Syntax, parent: Syntax | null, { lineAt }: Reading): FunctionFact => {
  const parameters = parametersOf(node)
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

const castFact = (node: Syntax, { text, lineAt, commentedLines }: Reading): CastFact => {
  const [first, last] = [lineAt(node.start), lineAt(node.end)]
  const lines = Array.from({ length: last - first + 2 }, (_, at) => first - 1 + at)
  return {
    line: first,
    text: text.slice(node.start, node.end).replace(/\s+/g, ' '),
    isThroughUnknown: isSyntax(node.expression) && node.expression.type === 'TSAsExpression',
    hasReason: lines.some((line) => commentedLines.has(line)),
  }
}

const namesDeclared = (declaration: Syntax): string[] =>
  declaration.type === 'VariableDeclaration' && Array.isArray(declaration.declarations)
    ? declaration.declarations.filter(isSyntax).flatMap((one) => nameIn(one.id) ?? [])
    : [nameIn(declaration.id) ?? '']

const exportFacts = (
  node: Syntax,
  { lineAt }: Reading,
  docEnds: ReadonlySet<number>,
): ExportFact[] => {
  const declaration = node.declaration
  if (!isSyntax(declaration) || !DECLARATIONS.has(declaration.type)) return []
  const line = lineAt(node.start)
  return namesDeclared(declaration).map((name) => ({
    name,
    line,
    isDocumented: docEnds.has(line - 1),
  }))
}

const importedNames = (node: Syntax): string[] =>
  Array.isArray(node.specifiers)
    ? node.specifiers.filter(isSyntax).map((one) => nameIn(one.imported) ?? '*')
    : []

/** A whole statement, or every name of it, that only types come by. */
const isTypeOnly = (node: Syntax): boolean => {
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isSyntax) : []
  return (
    node.importKind === 'type' ||
    node.exportKind === 'type' ||
    (specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type'))
  )
}

const importFact = (node: Syntax): ImportFact[] => {
  const source = node.source
  if (!isSyntax(source) || typeof source.value !== 'string') return []
  return [{ specifier: source.value, isTypeOnly: isTypeOnly(node), names: importedNames(node) }]
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
])

const linesOfComments = (comments: readonly Comment[], lineAt: Reading['lineAt']): Set<number> =>
  new Set(
    comments.flatMap(({ start, end }) =>
      Array.from({ length: lineAt(end) - lineAt(start) + 1 }, (_, at) => lineAt(start) + at),
    ),
  )

/** Lines that hold a comment and nothing else. */
const pureCommentLines = (text: string, commented: ReadonlySet<number>): number =>
  text.split('\n').filter((line, at) => commented.has(at + 1) && /^\s*(\/\/|\/?\*)/.test(line))
    .length

/** Reads a TypeScript text. Throws with the parser's own words when it cannot be parsed. */
export const sourceFactsOf = (file: string, text: string): SourceFacts => {
  const { program, comments, errors } = parseSync(file, text)
  const [error] = errors
  if (error !== undefined) throw new Error(`${file} cannot be parsed: ${error.message}`)
  const lineAt = linesOf(text)
  const commentedLines = linesOfComments(comments, lineAt)
  const reading = { text, lineAt, commentedLines }
  // The tree is the parser's own, with a class for each node; here only `type` and offsets count.
  const nodes = nodesOf(program as unknown as Syntax)
  const of = (type: string) => nodes.filter(([node]) => node.type === type)
  const docEnds = new Set(
    comments.flatMap(({ value, end }) => (value.startsWith('*') ? [lineAt(end)] : [])),
  )
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
    exports: of('ExportNamedDeclaration').flatMap(([node]) => exportFacts(node, reading, docEnds)),
    imports: nodes
      .filter(([node]) => IMPORTING.has(node.type))
      .flatMap(([node]) => importFact(node)),
    comments: comments.map(({ start, value }) => ({ line: lineAt(start), text: value })),
    nonNullAssertions: of('TSNonNullExpression').length,
    anys: of('TSAnyKeyword').length,
    suppressions: comments.filter(({ value }) => SUPPRESSION.test(value)).length,
  }
}
