/**
 * One GraphQL operation, from text to result: bounded in its length, its depth of introspection and
 * its cost.
 */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  validate,
} from 'graphql'
import { boundedMessage } from '../../../domain/shown.ts'
import type { ToriiContext } from './graphql/context.ts'

/** A request as clients send it. */
export type OperationRequest = Readonly<{
  query: string
  variables?: Readonly<Record<string, unknown>> | null
  operationName?: string | null
}>

const TOKENS_MAX = 5_000
const VALIDATION_ERRORS_MAX = 20

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The request in a parsed JSON value; null when it is none. */
export const operationRequestOf = (value: unknown): OperationRequest | null => {
  if (!isRecord(value) || typeof value.query !== 'string') return null
  const { query, variables = null, operationName = null } = value
  if (variables !== null && !isRecord(variables)) return null
  if (operationName !== null && typeof operationName !== 'string') return null
  return { query, variables, operationName }
}

const parsed = (query: string): DocumentNode | readonly GraphQLError[] => {
  try {
    return parse(query, { maxTokens: TOKENS_MAX })
  } catch (error) {
    // A document may also be nested deeper than the parser's stack.
    return [
      error instanceof GraphQLError ? error : new GraphQLError('The document cannot be parsed'),
    ]
  }
}

/** What execution needs, or why the document is refused. */
export const prepareOperation = (
  schema: GraphQLSchema,
  contextValue: ToriiContext,
  { query, variables = null, operationName = null }: OperationRequest,
): ExecutionArgs | readonly GraphQLError[] => {
  const document = parsed(query)
  if (!('kind' in document)) return document
  const errors = validate(schema, document, undefined, { maxErrors: VALIDATION_ERRORS_MAX })
  if (errors.length > 0) return errors
  return { schema, document, contextValue, variableValues: variables, operationName }
}

/** Whether the document's chosen operation is a subscription. */
export const isSubscription = ({ document, operationName }: ExecutionArgs): boolean =>
  getOperationAST(document, operationName)?.operation === 'subscription'

/** Runs a query or a mutation. */
export const runOperation = async (
  schema: GraphQLSchema,
  context: ToriiContext,
  request: OperationRequest,
): Promise<ExecutionResult> => {
  const prepared = prepareOperation(schema, context, request)
  if (!('document' in prepared)) return bounded({ errors: prepared })
  if (isSubscription(prepared))
    return { errors: [new GraphQLError('Subscriptions are served over WebSocket')] }
  return bounded(await execute(prepared))
}

/** The library's messages repeat what was asked, however long that is. */
const bounded = (result: ExecutionResult): ExecutionResult => {
  for (const error of result.errors ?? []) error.message = boundedMessage(error.message)
  return result
}
