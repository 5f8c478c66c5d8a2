/** The parser's tree as plain nodes: walking it, names, lines. It knows no rule. */
import { type Comment, parseSync } from 'oxc-parser'

export type Syntax = Readonly<{ type: string; start: number; end: number }> &
  Readonly<Record<string, unknown>>

export type Placed = readonly [node: Syntax, parent: Syntax | null]

export const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

const childrenOf = (node: Syntax): Syntax[] =>
  Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isSyntax) : isSyntax(value) ? [value] : [],
  )

/** The nodes in a member that holds a list of them; none when it holds anything else. */
export const listIn = (value: unknown): Syntax[] =>
  Array.isArray(value) ? value.filter(isSyntax) : []

/** Every node of a tree with its parent, parents first; below a node that `isClosed`, none. */
export const nodesOf = (root: Syntax, isClosed: (node: Syntax) => boolean = () => false) => {
  const found: Placed[] = []
  const open: Placed[] = [[root, null]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next)
    const [node] = next
    if (!isClosed(node)) for (const child of childrenOf(node).reverse()) open.push([child, node])
  }
  return found
}

/** The name of an identifier; null for anything else. */
export const nameIn = (holder: unknown): string | null =>
  isSyntax(holder) && typeof holder.name === 'string' ? holder.name : null

/** The 1-based line of an offset. */
const linesOf = (text: string): ((offset: number) => number) => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}

/** One text as it was read. */
export type Reading = Readonly<{
  text: string
  nodes: readonly Placed[]
  of: (type: string) => readonly Placed[]
  comments: readonly Comment[]
  lineAt: (offset: number) => number
  /** Lines that hold a comment or a part of one. */
  commentedLines: ReadonlySet<number>
}>

const linesOfComments = (comments: readonly Comment[], lineAt: Reading['lineAt']): Set<number> =>
  new Set(
    comments.flatMap(({ start, end }) =>
      Array.from({ length: lineAt(end) - lineAt(start) + 1 }, (_, at) => lineAt(start) + at),
    ),
  )

/** Reads a TypeScript text. Throws with the parser's own words when it cannot be parsed. */
export const readingOf = (file: string, text: string): Reading => {
  const { program, comments, errors } = parseSync(file, text)
  const [error] = errors
  if (error !== undefined) throw new Error(`${file} cannot be parsed: ${error.message}`)
  const lineAt = linesOf(text)
  // The tree is the parser's own, with a class for each node; here only `type` and offsets count.
  const nodes = nodesOf(program as unknown as Syntax)
  const byType = Map.groupBy(nodes, ([node]) => node.type)
  return {
    text,
    nodes,
    of: (type) => byType.get(type) ?? [],
    comments,
    lineAt,
    commentedLines: linesOfComments(comments, lineAt),
  }
}

/** Whether a comment stands on one of a node's lines. */
export const hasComment = (
  { start, end }: Syntax,
  { lineAt, commentedLines }: Reading,
): boolean => {
  for (let line = lineAt(start); line <= lineAt(end); line += 1)
    if (commentedLines.has(line)) return true
  return false
}

/** Whether a comment stands on one of a node's lines or on the line before: its reason. */
export const hasReason = (node: Syntax, reading: Reading): boolean =>
  hasComment(node, reading) || reading.commentedLines.has(reading.lineAt(node.start) - 1)
