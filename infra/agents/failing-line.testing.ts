/** The line between a client and the API of the same process, which fails when it is told to. */
import type { Fetch } from '../../api/client/http-transport.ts'
import { until } from '../../domain/waiting/pause.ts'

export type FailingLine = Readonly<{
  fetch: Fetch
  /** Whether requests fail to arrive from now on. */
  cut: (isCut: boolean) => void
  /** Holds requests that come from now on until the returned function is called. */
  hold: () => () => void
  /** The next requests fail to arrive. */
  loseRequests: (count: number) => void
  /** The next requests arrive, but nothing comes back. */
  loseAnswers: (count: number) => void
  /** The next request is refused as one without a token is. */
  refuseRequest: () => void
}>

/** What the platform's fetch throws. */
const failure = (): Error => new TypeError('fetch failed')

const REFUSAL = {
  errors: [{ message: 'Commands need a token', extensions: { code: 'UNAUTHENTICATED' } }],
}

/** A line to this handler that does not fail yet. */
export const createFailingLine = (fetch: Fetch): FailingLine => {
  let isCut = false
  let held: Promise<void> = Promise.resolve()
  let requestsToLose = 0
  let answersToLose = 0
  let refusals = 0

  return {
    fetch: async (request) => {
      await until(held, request.signal)
      request.signal.throwIfAborted()
      if (isCut || requestsToLose-- > 0) throw failure()
      if (refusals-- > 0) return Response.json(REFUSAL, { status: 401 })
      const response = await fetch(request)
      if (answersToLose-- > 0) throw failure()
      return response
    },
    cut: (isNow) => {
      isCut = isNow
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
    loseRequests: (count) => {
      requestsToLose = count
    },
    loseAnswers: (count) => {
      answersToLose = count
    },
    refuseRequest: () => {
      refusals = 1
    },
  }
}
