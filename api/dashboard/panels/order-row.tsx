/** One command on its way: requested, signed, submitted, and how it ended. */
import type { JSX } from 'preact'
import { grouped } from '../format/numbers.ts'
import { reasonWords } from '../format/reasons.ts'
import type { Order, OrderState } from '../state/orders.ts'

const STEPS: readonly OrderState[] = ['REQUESTED', 'SIGNED', 'SUBMITTED', 'CONFIRMED']
const ENDS: Readonly<Partial<Record<OrderState, string>>> = {
  CONFIRMED: 'done',
  REFUSED: 'refused',
  REVERTED: 'reverted',
  EXPIRED: 'not done',
}

/** The command in words, and how far it is. */
export const OrderRow = ({ order }: { order: Order }): JSX.Element => {
  const reached = order.state === 'SENDING' ? -1 : STEPS.indexOf(order.state)
  const failed = order.isFinal && order.state !== 'CONFIRMED'
  const word = ENDS[order.state] ?? order.state.toLowerCase()
  return (
    <li
      class={`order ${failed ? 'failed' : order.isFinal ? 'done' : 'pending'}`}
      data-state={order.state}
    >
      <p>
        {order.title}
        <small>
          {word}
          {order.block === null ? '' : ` in block ${grouped(order.block)}`}
          {order.reason === null ? '' : `: ${reasonWords(order.reason)}`}
        </small>
      </p>
      {failed ? null : (
        <span class="steps" aria-hidden="true">
          {STEPS.map((step, at) => (
            <i key={step} class={at <= reached ? 'reached' : ''} />
          ))}
        </span>
      )}
    </li>
  )
}
