/** A value that can be watched: the state of the interface lives in one of these. */
import { useEffect, useRef, useState } from 'preact/hooks'

/** Holds one state at a time. */
export type Store<S> = Readonly<{
  get: () => S
  /** Replaces some fields and tells the watchers, if any of the fields really changed. */
  set: (patch: Partial<S>) => void
  /** Calls back after every change; returns how to stop. */
  watch: (onChange: () => void) => () => void
}>

/** A store that holds the initial state. */
export const createStore = <S extends object>(initial: S): Store<S> => {
  let state = initial
  const watchers = new Set<() => void>()
  return {
    get: () => state,
    set: (patch) => {
      const fields = Object.keys(patch) as (keyof S)[] // a patch has fields of the state alone
      const changed = fields.some((key) => !Object.is(patch[key], state[key]))
      if (!changed) return
      state = { ...state, ...patch }
      for (const onChange of [...watchers]) onChange()
    },
    watch: (onChange) => {
      watchers.add(onChange)
      return () => watchers.delete(onChange)
    },
  }
}

/**
 * Renders a component again when what it selects of the state has changed. `select` must return
 * stable references.
 */
export const useStore = <S extends object, T>(store: Store<S>, select: (state: S) => T): T => {
  const [, render] = useState(0)
  const selected = select(store.get())
  const latest = useRef({ select, selected })
  latest.current = { select, selected }
  useEffect(() => {
    const follow = () => {
      if (!Object.is(latest.current.select(store.get()), latest.current.selected))
        render((count) => count + 1)
    }
    // The state may have changed between the rendering and now.
    follow()
    return store.watch(follow)
  }, [store])
  return selected
}
