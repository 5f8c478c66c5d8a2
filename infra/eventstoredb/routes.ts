/**
 * The ways to a server: one at a time for new calls. A way that is lost is left behind, its calls
 * end by themselves, and only then is it closed: what fails one call fails no other.
 */
import { FatalError } from '../../domain/errors.ts'

export type Route<Client> = { readonly client: Client; calls: number; isAbandoned: boolean }

export type Routes<Client, Hint> = Readonly<{
  /** The way for a new call. Throws FatalError after `close`. */
  take: () => Route<Client>
  /** The call has ended. */
  leave: (route: Route<Client>) => void
  /** New calls take another way; `hint` says where it may lead. */
  abandon: (route: Route<Client>, hint: Hint | null) => void
  /** Throws FatalError after `close`. */
  refuseWhenClosed: () => void
  close: () => Promise<void>
}>

export const createRoutes = <Client extends Readonly<{ end: () => Promise<void> }>, Hint>(
  connect: (hint: Hint | null) => Client,
): Routes<Client, Hint> => {
  const newRoute = (hint: Hint | null): Route<Client> => ({
    client: connect(hint),
    calls: 0,
    isAbandoned: false,
  })
  let current = newRoute(null)
  let isClosed = false
  const refuseWhenClosed = (): void => {
    if (isClosed) throw new FatalError('The event log is closed')
  }
  return {
    refuseWhenClosed,
    take: () => {
      refuseWhenClosed()
      current.calls += 1
      return current
    },
    leave: (route) => {
      route.calls -= 1
      if (route.isAbandoned && route.calls === 0) void route.client.end()
    },
    abandon: (route, hint) => {
      if (route !== current || isClosed) return
      route.isAbandoned = true
      current = newRoute(hint)
    },
    close: async () => {
      isClosed = true
      await current.client.end()
    },
  }
}
