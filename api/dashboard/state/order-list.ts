/** The list of orders: what was given on this page, newest first, each as far as it has come. */
import type { Client } from '../../client/client.ts'
import type { AppState } from './app-state.ts'
import { giveOrder, type Order, type OrderDraft } from './orders.ts'
import type { Store } from './store.ts'

/** Orders that the list keeps. */
const ORDERS_MAX = 30

/** Sends a command and shows its way in the list of orders. Never throws. */
export const placeOrder = async (
  client: Client,
  store: Store<AppState>,
  draft: OrderDraft,
): Promise<void> => {
  const key = crypto.randomUUID()
  const { entrypoint, title, account } = draft
  const order: Order = {
    key,
    entrypoint,
    title,
    account,
    state: 'SENDING',
    isFinal: false,
    reason: null,
    block: null,
  }
  store.set({ orders: [order, ...store.get().orders].slice(0, ORDERS_MAX) })
  await giveOrder(client, key, draft, (step) => {
    const orders = store
      .get()
      .orders.map((given) => (given.key === key ? { ...given, ...step } : given))
    store.set({ orders })
    if (account === null && step.account) store.set({ operatorAccount: step.account })
  })
}
