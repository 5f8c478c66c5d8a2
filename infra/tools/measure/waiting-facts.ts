/** Where a file waits by the clock, and where it passes over an error, by its syntax. */
import {
  hasComment,
  hasReason,
  isSyntax,
  listIn,
  nameIn,
  nodesOf,
  type Placed,
  type Reading,
  type Syntax,
} from './syntax.ts'

export type TimerFact = Readonly<{
  line: number
  /** The name that is called: `setTimeout`, `sleep`, or what a module of timers is imported as. */
  name: string
  /** Kept under a name that the file clears: a deadline, not a sleep. */
  isCleared: boolean
}>

/** A catch that neither uses the error nor throws. */
export type SilentCatchFact = Readonly<{
  line: number
  /** A comment in it, or before a handler that is a function, says why nothing is to be done. */
  hasReason: boolean
}>

const SLEEPS = new Set(['setTimeout', 'sleep'])

/** What waits by the clock in node:timers, node:timers/promises, and domain/waiting. */
const WAITING_MODULE = /^(node:)?timers|\/waiting\/pause\.ts$/
const WAITING_NAMES = new Set(['setTimeout', 'pause'])

/** Local names of imports that wait by the clock. */
const importedTimers = ({ of }: Reading): string[] =>
  of('ImportDeclaration')
    .filter(([{ source }]) => isSyntax(source) && WAITING_MODULE.test(String(source.value)))
    .flatMap(([node]) => listIn(node.specifiers))
    .filter((one) => WAITING_NAMES.has(nameIn(one.imported) ?? ''))
    .flatMap((one) => nameIn(one.local) ?? [])

/** The variable or member that a call's result is kept in, as it is written; null for none. */
const keptIn = (node: Syntax, parent: Syntax | null, text: string): string | null => {
  if (parent === null) return null
  const target =
    parent.type === 'VariableDeclarator' && parent.init === node
      ? parent.id
      : parent.type === 'AssignmentExpression'
        ? parent.left
        : null
  return isSyntax(target) ? text.slice(target.start, target.end).replace(/:.*/s, '') : null
}

const argumentsOf = (node: Syntax): Syntax[] => listIn(node.arguments)

export const timerFacts = (reading: Reading): TimerFact[] => {
  const { of, text, lineAt } = reading
  const names = new Set([...SLEEPS, ...importedTimers(reading)])
  const calls = of('CallExpression')
  const cleared = new Set(
    calls
      .filter(([node]) => nameIn(node.callee) === 'clearTimeout')
      .flatMap(([node]) => argumentsOf(node).map(({ start, end }) => text.slice(start, end))),
  )
  return calls.flatMap(([node, parent]) => {
    const name = nameIn(node.callee)
    if (name === null || !names.has(name)) return []
    const kept = keptIn(node, parent, text)
    return [{ line: lineAt(node.start), name, isCleared: kept !== null && cleared.has(kept) }]
  })
}

/** Whether a handler's body mentions its error by name, or throws. */
const handles = (error: unknown, body: unknown): boolean => {
  if (!isSyntax(body)) return true // the handler stands elsewhere, under a name
  const names = isSyntax(error) ? nodesOf(error).flatMap(([node]) => nameIn(node) ?? []) : []
  return nodesOf(body).some(
    ([node]) => node.type === 'ThrowStatement' || names.includes(nameIn(node) ?? ''),
  )
}

const FUNCTIONS = new Set(['ArrowFunctionExpression', 'FunctionExpression'])

/** The function that a promise's rejection goes to: that of `.catch`, the second of `.then`. */
const rejectionHandlerOf = ([node]: Placed): Syntax | null => {
  const { callee } = node
  if (!isSyntax(callee) || callee.type !== 'MemberExpression') return null
  const method = nameIn(callee.property)
  const handler =
    method === 'catch' ? argumentsOf(node)[0] : method === 'then' ? argumentsOf(node)[1] : undefined
  return handler !== undefined && FUNCTIONS.has(handler.type) ? handler : null
}

export const silentCatchFacts = (reading: Reading): SilentCatchFact[] => {
  // The line before a clause belongs to what was tried.
  const clauses = reading
    .of('CatchClause')
    .filter(([{ param, body }]) => !handles(param, body))
    .map(([node]) => ({ line: reading.lineAt(node.start), hasReason: hasComment(node, reading) }))
  const handlers = reading
    .of('CallExpression')
    .flatMap((placed) => rejectionHandlerOf(placed) ?? [])
    .filter(({ params, body }) => !handles(listIn(params)[0], body))
    .map((node) => ({ line: reading.lineAt(node.start), hasReason: hasReason(node, reading) }))
  return [...clauses, ...handlers].sort((a, b) => a.line - b.line)
}
