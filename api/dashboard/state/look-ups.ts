/** Answers to small questions, by id: asked for in batches, one batch at a time, each id once. */
import { messageOf } from '../../../domain/errors.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import { readPersistently } from './reads.ts'
import { createSoon } from './soon.ts'

/** What is asked for, and how. */
export type LookUpOptions<Id extends string, Answer> = Readonly<{
  /** Ids that one request may name. */
  batchIdsMax: number
  /** Asks for some; an id without an answer is left out. */
  ask: (ids: readonly Id[], signal: AbortSignal) => Promise<ReadonlyMap<Id, Answer>>
  /** Called when answers came in. */
  onNews: () => void
  /** They could not be asked for; told once for each try. */
  onTrouble: (message: string) => void
}>

/** What is known by id. */
export type LookUps<Id extends string, Answer> = Readonly<{
  /** Undefined until it is known; asks for it the first time. */
  of: (id: Id) => Answer | undefined
  /** Takes in an answer that came with something else. */
  note: (id: Id, answer: Answer) => void
}>

const BATCH_MS = 200
const KNOWN_IDS_MAX = 20_000

/** Knows nothing yet. */
export const createLookUps = <Id extends string, Answer>(
  options: LookUpOptions<Id, Answer>,
): LookUps<Id, Answer> => {
  const { batchIdsMax, ask, onNews, onTrouble } = options
  const known = new Map<Id, Answer>()
  const asked = new Set<Id>()
  const waiting: Id[] = []
  let isAsking = false

  const note = (id: Id, answer: Answer): void => {
    if (known.size < KNOWN_IDS_MAX) known.set(id, answer)
  }
  const askBatch = async (): Promise<void> => {
    if (isAsking) return
    isAsking = true
    const ids = waiting.splice(0, batchIdsMax)
    try {
      const answers = await readPersistently((signal) => ask(ids, signal), NEVER, onTrouble)
      for (const [id, answer] of answers) note(id, answer)
      onNews()
    } catch (error) {
      onTrouble(messageOf(error)) // refused for good: the ids stay without an answer
    } finally {
      isAsking = false
      if (waiting.length > 0) asking.ask()
    }
  }
  const asking = createSoon(BATCH_MS, () => void askBatch())
  return {
    note,
    of: (id) => {
      const answer = known.get(id)
      if (answer === undefined && !asked.has(id) && asked.size < KNOWN_IDS_MAX) {
        asked.add(id)
        waiting.push(id)
        asking.ask()
      }
      return answer
    },
  }
}
