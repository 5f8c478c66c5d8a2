/** The words of a file's code, and the patterns that it holds texts against, by its syntax. */
import { isSyntax, nameIn, type Placed, type Reading } from './syntax.ts'

/** A regular expression that finds something in a text, and does not only rewrite or cut it. */
export type PatternFact = Readonly<{ line: number; pattern: RegExp }>

const NAMES = new Set(['Identifier', 'JSXIdentifier'])
const WORD = /\w+/g

/** The texts of one node: a name, or what a literal says. */
const textOf = ([node]: Placed): string | null => {
  if (NAMES.has(node.type)) return nameIn(node)
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null
  if (node.type !== 'TemplateElement') return null
  const { value } = node
  return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : null
}

/** Each word of names and literals with the line where it stands first; comments are left out. */
export const wordFacts = ({ nodes, lineAt }: Reading): ReadonlyMap<string, number> => {
  const lines = new Map<string, number>()
  for (const placed of nodes)
    for (const [word] of textOf(placed)?.matchAll(WORD) ?? [])
      if (!lines.has(word)) lines.set(word, lineAt(placed[0].start))
  return lines
}

const REWRITING = new Set(['replace', 'replaceAll', 'split'])

const isRewriting = (parent: Placed[1]): boolean =>
  parent?.type === 'CallExpression' &&
  isSyntax(parent.callee) &&
  REWRITING.has(nameIn(parent.callee.property) ?? '')

/** The regular expressions of a file that are written out. */
export const patternFacts = ({ of, lineAt }: Reading): PatternFact[] =>
  of('Literal').flatMap(([{ value, start }, parent]) =>
    value instanceof RegExp && !isRewriting(parent)
      ? [
          {
            line: lineAt(start),
            pattern: new RegExp(value.source, value.flags.replace(/[gy]/g, '')),
          },
        ]
      : [],
  )
