/**
 * Executes subscriptions so that equal work is done once. Subscribers of one source are given the
 * same change objects; of those that select the same fields, the first has the change executed and
 * encoded, and the others take the result.
 */
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  visit,
} from 'graphql'
import { type Stringify, writtenInPieces } from '../graphql/json-text.ts'
import { steppedGenerator } from './stepped-generator.ts'

/** A result that knows its own JSON text, computed at most once. */
export type EncodedResult = ExecutionResult & Readonly<{ stringify?: Stringify }>

export type SharedSubscribe = (
  args: ExecutionArgs,
) => Promise<ExecutionResult | AsyncGenerator<EncodedResult>>

export type SharedSubscribeOptions = Readonly<{
  /** Told of each message with the arguments of its subscription. */
  onDelivery: (args: ExecutionArgs) => void
  /** Executes the selection of a subscription on the change that is its root value. */
  executeChange: (args: ExecutionArgs) => Promise<ExecutionResult>
}>

/**
 * A subscribe function for GraphQL engines; it remembers results only as long as someone holds
 * their change.
 */
export const createSharedSubscribe = ({
  onDelivery,
  executeChange,
}: SharedSubscribeOptions): SharedSubscribe => {
  const results = new WeakMap<object, Map<string, Promise<EncodedResult>>>()
  const selectionKeyOf = createSelectionKeys()

  const executeOnce = (
    change: unknown,
    args: ExecutionArgs,
    key: string,
  ): Promise<EncodedResult> => {
    const run = async (): Promise<EncodedResult> =>
      encodedOnce(await executeChange({ ...args, rootValue: change }))
    if (typeof change !== 'object' || change === null) return run()
    let byKey = results.get(change)
    if (byKey === undefined) {
      byKey = new Map()
      results.set(change, byKey)
    }
    const earlier = byKey.get(key)
    if (earlier !== undefined) return earlier
    const result = run()
    byKey.set(key, result)
    return result
  }

  return async (args) => {
    const changes = await createSourceEventStream(args)
    // Not a stream: errors, by the function's contract.
    if (!isAsyncIterator(changes)) return changes as ExecutionResult
    const key = selectionKeyOf(args)
    return mapped(changes, (change) => {
      onDelivery(args)
      return executeOnce(change, args, key)
    })
  }
}

/** Errors are masked later, in a copy; so only a result without any is encoded as it stands. */
const encodedOnce = async (result: ExecutionResult): Promise<EncodedResult> => {
  if (result.errors !== undefined) return result
  const text = (await writtenInPieces(result)).stringify(result)
  return { ...result, stringify: () => text }
}

const isAsyncIterator = (value: object): value is AsyncGenerator<unknown, void, undefined> =>
  Symbol.asyncIterator in value && 'next' in value && 'return' in value

/** Maps one by one; a return reaches the source at once, also while a value is awaited. */
const mapped = <A, B>(
  source: AsyncGenerator<A>,
  map: (value: A) => Promise<B>,
): AsyncGenerator<B, void, undefined> =>
  steppedGenerator(source, async (): Promise<IteratorResult<B, void>> => {
    const step = await source.next()
    return step.done === true
      ? { done: true, value: undefined }
      : { done: false, value: await map(step.value) }
  })

/**
 * A key of what an operation selects below its root field: its document and the variables used
 * there. Arguments of the root field, `since` above all, choose the stream and not what its changes
 * look like.
 */
const createSelectionKeys = (): ((args: ExecutionArgs) => string) => {
  const known = new WeakMap<
    DocumentNode,
    Readonly<{ id: number; variableNames: Map<string, readonly string[]> }>
  >()
  let documents = 0
  return ({ document, operationName, variableValues }) => {
    let entry = known.get(document)
    if (entry === undefined) {
      documents += 1
      entry = { id: documents, variableNames: new Map() }
      known.set(document, entry)
    }
    const operation = operationName ?? ''
    let names = entry.variableNames.get(operation)
    if (names === undefined) {
      names = selectionVariables(document, operation)
      entry.variableNames.set(operation, names)
    }
    return `${entry.id}/${operation}/${JSON.stringify(names.map((name) => variableValues?.[name] ?? null))}`
  }
}

const selectionVariables = (document: DocumentNode, operationName: string): readonly string[] => {
  const names = new Set<string>()
  const collect = {
    Variable: { enter: ({ name }: { name: { value: string } }) => void names.add(name.value) },
  }
  const operation = getOperationAST(document, operationName === '' ? null : operationName)
  const fragments = document.definitions.filter(
    (definition): definition is FragmentDefinitionNode =>
      definition.kind === Kind.FRAGMENT_DEFINITION,
  )
  const rootSelections = operation?.selectionSet.selections ?? []
  for (const selection of rootSelections) {
    if (selection.kind !== Kind.FIELD) visit(selection, collect)
    else if (selection.selectionSet !== undefined) visit(selection.selectionSet, collect)
    for (const directive of selection.directives ?? []) visit(directive, collect)
  }
  for (const fragment of fragments) visit(fragment, collect)
  return [...names].sort()
}
