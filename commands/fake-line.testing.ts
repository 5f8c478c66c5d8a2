/** The line between a sender and its node, which fails when it is told to. */
import { RetryableError } from '../domain/errors.ts'
import { NEVER, until } from '../domain/waiting/pause.ts'
import type { TransactionSender } from './transaction-sender.ts'

/** How a test makes the line fail. */
export type FakeLine = Readonly<{
  /** The next requests fail to arrive. */
  loseRequests: (count: number) => void
  /** The next requests arrive, but nothing comes back. */
  loseAnswers: (count: number) => void
  /** Whether the node is away from now on. */
  cut: (isCut: boolean) => void
  /** Holds requests that come from now on until the returned function is called. */
  hold: () => () => void
}>

/** Puts a line that does not fail yet in front of a node. */
export const onFakeLine = (
  node: TransactionSender,
): Readonly<{ sender: TransactionSender; line: FakeLine }> => {
  let isCut = false
  let held: Promise<void> = Promise.resolve()
  let requestsToLose = 0
  let answersToLose = 0

  const over =
    <Question, Answer>(ask: (question: Question) => Promise<Answer>) =>
    async (question: Question, signal: AbortSignal = NEVER): Promise<Answer> => {
      await until(held, signal)
      signal.throwIfAborted()
      if (isCut || requestsToLose > 0) {
        requestsToLose -= isCut ? 0 : 1
        throw new RetryableError('no connection')
      }
      const answer = await ask(question)
      if (answersToLose > 0) {
        answersToLose -= 1
        throw new RetryableError('the answer was lost')
      }
      return answer
    }

  return {
    sender: {
      ...node,
      nonce: over(node.nonce),
      send: over(node.send),
      status: over(node.status),
      blockHash: over(node.blockHash),
    },
    line: {
      loseRequests: (count) => {
        requestsToLose = count
      },
      loseAnswers: (count) => {
        answersToLose = count
      },
      cut: (isNow) => {
        isCut = isNow
      },
      hold: () => {
        const { promise, resolve } = Promise.withResolvers<void>()
        held = promise
        return resolve
      },
    },
  }
}
