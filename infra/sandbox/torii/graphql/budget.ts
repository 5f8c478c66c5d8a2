/** What one request may cost: Torii has no bounds but a proxy's timeout; the sandbox must not stand still for anyone. */
import { RetryableError } from '../../../../domain/errors.ts'

export type Budget = Readonly<{
  /** Counts rows that were read; throws when the request has had its share of rows or of time. */
  spend: (rows: number) => void
  /** The rows one by one: a list ends at the first one that is too much, instead of failing in each of its fields. */
  each: <T>(rows: readonly T[]) => Generator<T, void, undefined>
  /** Starts anew: each event of a subscription costs for itself. */
  renew: () => void
}>

export const REQUEST_MS_MAX = 30_000
export const REQUEST_ROWS_MAX = 1_000_000

/** Thrown when a request costs too much. */
export class BudgetExceeded extends RetryableError {
  override name = 'BudgetExceeded'
}

export const createBudget = (nowMs: () => number, rowsMax = REQUEST_ROWS_MAX, msMax = REQUEST_MS_MAX): Budget => {
  let deadlineMs = nowMs() + msMax
  let left = rowsMax
  const check = (): void => {
    if (left < 0) throw new BudgetExceeded(`the request reads more than ${rowsMax} rows`)
    if (nowMs() > deadlineMs) throw new BudgetExceeded(`the request takes longer than ${msMax} ms`)
  }
  return {
    spend: (rows) => {
      left -= rows
      check()
    },
    *each(rows) {
      for (const row of rows) {
        check()
        yield row
      }
    },
    renew: () => {
      deadlineMs = nowMs() + msMax
      left = rowsMax
    },
  }
}
