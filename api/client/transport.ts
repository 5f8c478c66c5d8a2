/**
 * How the client reaches a server: requests and streams of one GraphQL operation. Implemented over
 * HTTP and WebSocket.
 */
import { FatalError } from '../../domain/errors.ts'
import {
  errorOfAnswer,
  type GraphQLAnswerError,
  GraphQLRequestError,
} from './graphql-request-error.ts'

/** Variables by name, as JSON. */
export type Variables = Readonly<Record<string, unknown>>

/** The text of one operation, and its variables. */
export type Operation = Readonly<{ query: string; variables: Variables }>

/** An answer as it came over the wire; what it holds is checked by `dataOf`. */
export type Answer = Readonly<{ data?: unknown; errors?: readonly GraphQLAnswerError[] }>

/**
 * Streams the answers of a subscription. `onOpen` is called once the server is listening to it.
 * Ends when the server completes it or the signal aborts; throws RetryableError when the connection
 * fails.
 */
export type OpenStream = (
  operation: Operation,
  signal: AbortSignal,
  onOpen: () => void,
) => AsyncGenerator<Answer, void, undefined>

/** The data of an answer. Throws what the answer says when it has errors. */
export const dataOf = <T>(answer: Answer): T => {
  if (answer.errors !== undefined && answer.errors.length > 0) throw errorOfAnswer(answer.errors)
  if (answer.data === undefined || answer.data === null) {
    throw new GraphQLRequestError([
      { message: 'The server answered without data and without an error' },
    ])
  }
  return answer.data as T // the caller's document decides the shape
}

/** Reads a JSON value as an answer. Throws FatalError when it is none. */
export const answerOf = (value: unknown): Answer => {
  if (typeof value !== 'object' || value === null)
    throw new FatalError('The server answered with something that is not GraphQL')
  return value as Answer // both members are optional, and dataOf checks them
}
