/** Adventurers that could act: one's own first, then those that are in view. */
import { candidatesDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import { useAppState, useDetail, useSession } from './context.ts'

/** An adventurer that could act; `isOwn` when it is of the operator's account. */
export type Candidate = Readonly<{ id: string; name: string; isOwn: boolean }>

const CANDIDATES_MAX = 100

/** Living adventurers, at most 100, those of the operator's account first and then by name. */
export const useCandidates = (): readonly Candidate[] => {
  const session = useSession()
  const operator = useAppState((state) => state.operatorAccount)
  const created = useAppState(
    (state) => state.events.find(({ type }) => type === 'AdventurerCreated')?.id ?? '',
  )
  const confirmed = useAppState(
    (state) => state.orders.filter(({ state: stage }) => stage === 'CONFIRMED').length,
  )
  const { data } = useDetail(
    'candidates',
    `${operator} ${created} ${confirmed}`,
    async (signal) => {
      const owners = operator === null ? [null] : [operator, null]
      const answers = await Promise.all(
        owners.map((owner) =>
          session.client.query(candidatesDocument, { first: CANDIDATES_MAX, owner }, { signal }),
        ),
      )
      return answers.flatMap(({ adventurers }) => adventurers.edges.map(({ node }) => node))
    },
  )
  const known = new Map(
    (data ?? []).filter(({ isAlive }) => isAlive).map((node) => [node.id, node]),
  )
  return [...known.values()]
    .map(({ id, name, owner }) => ({ id, name, isOwn: owner === operator }))
    .sort(
      (one, other) => Number(other.isOwn) - Number(one.isOwn) || one.name.localeCompare(other.name),
    )
}
