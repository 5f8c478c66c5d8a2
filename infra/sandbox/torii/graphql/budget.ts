/**
 * What one request may cost. Torii has no bounds but a proxy's timeout; the sandbox must not stand
 * still for a single client.
 */
import { RetryableError } from '../../../../domain/errors.ts'
import type { Row } from '../index-reader.ts'

export type Budget = Readonly<{
  /** Counts rows that were read; throws when the request has used up its rows or its time. */
  spend: (rows: number) => void
  /**
   * Reads rows to their end; throws as soon as there are too many or their texts are too long
   * together.
   */
  take: (rows: Iterable<Row>) => readonly Row[]
  /**
   * The rows one by one: a list ends at the first row that exceeds the budget, instead of failing
   * in each of its fields.
   */
  each: <T>(rows: readonly T[]) => Generator<T, void, undefined>
  /** Starts anew: each event of a subscription has a budget of its own. */
  renew: () => void
}>

const REQUEST_MS_MAX = 10_000
/**
 * Characters of the rows' texts. An answer is longer still, and a string holds at most 2^29
 * characters.
 */
const REQUEST_CHARACTERS_MAX = 128 << 20
export const REQUEST_ROWS_MAX = 1_000_000

/** Thrown when a request costs too much. */
class BudgetExceeded extends RetryableError {
  override name = 'BudgetExceeded'
}

const charactersOf = (row: Row): number => {
  let characters = 0
  for (const name in row) {
    const value = row[name]
    if (typeof value === 'string') characters += value.length
  }
  return characters
}

export const createBudget = (
  nowMs: () => number,
  rowsMax = REQUEST_ROWS_MAX,
  msMax = REQUEST_MS_MAX,
  charactersMax = REQUEST_CHARACTERS_MAX,
): Budget => {
  let deadlineMs = nowMs() + msMax
  let left = rowsMax
  let charactersLeft = charactersMax
  const check = (): void => {
    if (charactersLeft < 0)
      throw new BudgetExceeded(
        `the request reads more than ${charactersMax} characters: ask for a smaller page`,
      )
    if (left < 0) throw new BudgetExceeded(`the request reads more than ${rowsMax} rows`)
    if (nowMs() > deadlineMs) throw new BudgetExceeded(`the request takes longer than ${msMax} ms`)
  }
  return {
    spend: (rows) => {
      left -= rows
      check()
    },
    take: (rows) => {
      const taken: Row[] = []
      for (const row of rows) {
        left -= 1
        charactersLeft -= charactersOf(row)
        check()
        taken.push(row)
      }
      return taken
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
      charactersLeft = charactersMax
    },
  }
}
