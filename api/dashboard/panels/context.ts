/** What every panel needs: the session of the page, and small hooks over it. */
import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { AppState } from '../state/app-state.ts'
import type { Session } from '../state/session.ts'
import { useStore } from '../state/store.ts'

/** Holds the session for the whole page. */
export const SessionContext = createContext<Session | null>(null)

/** The page's session. Throws outside of it. */
export const useSession = (): Session => {
  const session = useContext(SessionContext)
  if (session === null) throw new FatalError('a panel was rendered outside of the session')
  return session
}

/**
 * A part of the page's state; `select` returns a reference that is stable while the part is the
 * same.
 */
export const useAppState = <T>(select: (state: AppState) => T): T =>
  useStore(useSession().store, select)

/** The `at` of queries about what is looked at: absent for the present. */
export const useAt = (): Readonly<{ at?: Readonly<{ block: number }> }> => {
  const block = useAppState((state) => state.block)
  return block === null ? {} : { at: { block } }
}

/** The time, renewed at an interval. */
export const useNow = (everyMs: number): number => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** What was read, null until something was; and what went wrong the last time, null for nothing. */
export type Detail<T> = Readonly<{ data: T | null; trouble: string | null }>

/**
 * Reads something that a panel shows, again whenever `key` changes; what was read before stays
 * until then. `subject` names whose it is: a change of it clears what was there.
 */
export const useDetail = <T>(
  subject: string,
  key: string,
  read: (signal: AbortSignal) => Promise<T>,
): Detail<T> => {
  const [held, setHeld] = useState<Detail<T> & { subject: string }>({
    data: null,
    trouble: null,
    subject,
  })
  useEffect(() => {
    const abort = new AbortController()
    read(abort.signal)
      .then((data) => {
        if (!abort.signal.aborted) setHeld({ data, trouble: null, subject })
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted)
          setHeld((before) => ({ ...before, subject, trouble: messageOf(error) }))
      })
    return () => abort.abort()
  }, [subject, key])
  return held.subject === subject ? held : { data: null, trouble: null }
}

/** Milliseconds that a block takes, judged by what is known; null while too little is. */
export const blockMsOf = ({ meta, events }: AppState): number | null => {
  const head = meta?.block
  const oldest = events.at(-1)?.block
  if (!head || oldest === undefined || head.number - oldest.number < 5) return null
  return (Date.parse(head.time) - Date.parse(oldest.time)) / (head.number - oldest.number)
}
