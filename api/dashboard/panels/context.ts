/** What every panel needs: the session of the page, and small hooks over it. */
import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { AppState } from '../state/app-state.ts'
import { type Read, readPersistently } from '../state/reads.ts'
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

/** The `at` of queries about what is on screen: absent for the present. */
export const useAt = (): Readonly<{ at?: Readonly<{ block: number }> }> => {
  const shown = useAppState((state) => state.shown)
  return shown === null ? {} : { at: { block: shown } }
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

/** What was read, null until something was; and what goes wrong with reading it again, null for nothing. */
export type Detail<T> = Readonly<{ data: T | null; trouble: string | null }>

/**
 * Reads something that a panel shows, again whenever `key` changes and when it failed; what was
 * read before stays until then. `subject` names whose it is: a change of it clears what was there.
 */
export const useDetail = <T>(subject: string, key: string, read: Read<T>): Detail<T> => {
  const [held, setHeld] = useState<Detail<T> & { subject: string }>({
    data: null,
    trouble: null,
    subject,
  })
  useEffect(() => {
    const abort = new AbortController()
    const complain = (trouble: string): void => {
      if (abort.signal.aborted) return
      setHeld((before) => ({
        data: before.subject === subject ? before.data : null,
        subject,
        trouble,
      }))
    }
    readPersistently(read, abort.signal, complain)
      .then((data) => {
        if (!abort.signal.aborted) setHeld({ data, trouble: null, subject })
      })
      .catch((error: unknown) => complain(messageOf(error)))
    return () => abort.abort()
  }, [subject, key])
  return held.subject === subject ? held : { data: null, trouble: null }
}
