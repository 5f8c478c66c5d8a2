/** Relay connections: one page of a longer list, with a cursor for each row. */
import { userInputError } from '../errors.ts'
import { PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX } from './limits.ts'

export type Edge<Node> = Readonly<{ cursor: string; node: Node }>

export type Connection<Node> = Readonly<{
  edges: readonly Edge<Node>[]
  pageInfo: Readonly<{
    hasNextPage: boolean
    hasPreviousPage: boolean
    startCursor: string | null
    endCursor: string | null
  }>
}>

/** The number of rows to return. Throws BAD_USER_INPUT outside 1 … 100. */
export const pageSize = (first: number | null | undefined): number => {
  const rows = first ?? PAGE_ROWS_DEFAULT
  if (rows < 1 || rows > PAGE_ROWS_MAX)
    throw userInputError(`first must be from 1 to ${PAGE_ROWS_MAX}, but is ${rows}`)
  return rows
}

/** A page from its rows and, if there is more, at least one row beyond it. */
export const connectionOf = <Node>(
  rows: readonly Node[],
  size: number,
  hasPreviousPage: boolean,
  cursorOf: (node: Node) => string,
): Connection<Node> => {
  const edges = rows.slice(0, size).map((node) => ({ cursor: cursorOf(node), node }))
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}
