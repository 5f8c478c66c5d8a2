/**
 * The one place where errors become what a client sees. A refusal carries a code and a sentence;
 * anything unexpected is reported inside and leaves the process as a code only, never as an
 * internal message or a stack trace.
 *
 * Codes: BAD_USER_INPUT, UNAUTHENTICATED, AT_ABOVE_HEAD, AT_BEFORE_START, AT_AMBIGUOUS,
 * QUERY_TOO_DEEP, QUERY_TOO_LARGE, QUERY_TOO_COSTLY, TOO_MANY_SUBSCRIPTIONS, UNAVAILABLE (may
 * pass), INTERNAL_SERVER_ERROR; and those of the protocol: BAD_REQUEST, REQUEST_ENTITY_TOO_LARGE,
 * GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, OPERATION_RESOLUTION_FAILURE.
 */
import { GraphQLError, type GraphQLErrorOptions } from 'graphql'
import type { Rejection } from '../domain/decider.ts'
import { RetryableError } from '../domain/errors.ts'
import { boundedMessage } from '../domain/shown.ts'

/** Told of every unexpected error, with a sentence about what was going on. */
export type ReportError = (message: string, error: unknown) => void

/** A refusal with a code. `status` is the HTTP status when the whole request is refused. */
export const codedError = (code: string, message: string, status?: number): GraphQLError =>
  new GraphQLError(message, {
    extensions: status === undefined ? { code } : { code, http: { status } },
  })

/** The server has too much to do; a client that comes again after a second may be served. */
export const unavailable = (reason: string): GraphQLError =>
  new GraphQLError(`The server has too much to do (${reason}): try again`, {
    extensions: { code: 'UNAVAILABLE', http: { status: 503, headers: { 'retry-after': '1' } } },
  })

/** The caller gave something that cannot be right; the message names it. */
export const userInputError = (message: string): GraphQLError =>
  codedError('BAD_USER_INPUT', message)

/** A rejection of the read side, under its own code. */
export const rejectionError = ({ rejected, reason }: Rejection): GraphQLError =>
  codedError(rejected, reason)

/** An error outside GraphQL, in the shape that GraphQL clients understand. */
export const refusalResponse = (status: number, code: string, message: string): Response =>
  new Response(JSON.stringify({ errors: [{ message, extensions: { code } }] }), {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
    },
  })

/** Turns whatever was thrown into the error that a client may see. */
export type MaskError = (error: unknown) => GraphQLError

/** A mask that reports what it hides. */
export const createErrorMask =
  (report: ReportError): MaskError =>
  (error) => {
    if (error instanceof GraphQLError && isMeantForClients(error)) return withCode(error)
    const cause = rootCause(error)
    const where: GraphQLErrorOptions =
      error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {}
    // Nobody is there any more to be told, and nothing went wrong.
    if (isAbort(cause)) return codedError('UNAVAILABLE', 'The asker has gone')
    if (cause instanceof RetryableError) {
      report('A request could not be served for now', cause)
      return new GraphQLError('The server cannot answer right now; try again', {
        ...where,
        extensions: { code: 'UNAVAILABLE', http: { status: 503 } },
      })
    }
    report('A request failed unexpectedly', cause)
    return new GraphQLError('Something went wrong on the server', {
      ...where,
      extensions: { code: 'INTERNAL_SERVER_ERROR', http: { status: 500 } },
    })
  }

/**
 * GraphQL's own errors and ours, but not other errors that the executor has wrapped with a path.
 */
const isMeantForClients = (error: GraphQLError): boolean =>
  error.originalError === undefined ||
  (error.originalError instanceof GraphQLError && isMeantForClients(error.originalError))

const isAbort = (cause: unknown): boolean =>
  cause instanceof DOMException && cause.name === 'AbortError'

const rootCause = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError !== undefined
    ? rootCause(error.originalError)
    : error

/**
 * The executor gives no code to variables and arguments of a wrong type: they are the caller's
 * mistakes. Its messages repeat the value, however long that is.
 */
const withCode = (error: GraphQLError): GraphQLError => {
  error.extensions.code ??= 'BAD_USER_INPUT'
  error.message = boundedMessage(error.message)
  return error
}

/** An error as it goes over the wire: without what is meant for HTTP only. */
export const wireError = (error: GraphQLError): object => {
  const { extensions, ...rest } = error.toJSON()
  const { http: _http, unexpected: _unexpected, ...shown } = extensions ?? {}
  return { ...rest, extensions: shown }
}
