/**
 * What a GraphQL server answers instead of data, as errors that a caller can tell apart by code.
 */
import { FatalError, RetryableError } from '../../domain/errors.ts'

/** One error of a GraphQL answer, as the specification gives it. */
export type GraphQLAnswerError = Readonly<{
  message: string
  path?: readonly (string | number)[]
  extensions?: Readonly<Record<string, unknown>>
}>

/** The server understood the request and refused it: sending it again unchanged cannot help. */
export class GraphQLRequestError extends FatalError {
  override name = 'GraphQLRequestError'
  /**
   * The `extensions.code` of each error, in order; `UNKNOWN` where a server gave none. Never empty.
   */
  readonly codes: readonly string[]
  readonly errors: readonly GraphQLAnswerError[]

  constructor(errors: readonly GraphQLAnswerError[]) {
    super(errors.map(({ message }) => message).join('; '))
    this.errors = errors
    this.codes = errors.map(codeOf)
  }
}

/** Codes that a server gives when the same request may succeed later (api/errors.ts). */
const PASSING_CODES: ReadonlySet<string> = new Set(['UNAVAILABLE', 'TOO_MANY_SUBSCRIPTIONS'])

const codeOf = ({ extensions }: GraphQLAnswerError): string =>
  typeof extensions?.code === 'string' ? extensions.code : 'UNKNOWN'

/**
 * The error to throw for an answer with errors: retryable when the server says that the trouble may
 * pass.
 */
export const errorOfAnswer = (
  errors: readonly GraphQLAnswerError[],
): GraphQLRequestError | RetryableError => {
  const error = new GraphQLRequestError(errors)
  return error.codes.some((code) => PASSING_CODES.has(code))
    ? new RetryableError(error.message, { cause: error })
    : error
}
