/**
 * The tally of share rules of one kind on a resource: their sum, and the recipients in eight slots.
 */
import { SHARE_RECIPIENTS_MAX } from '../../../../domain/worlds/infinite-hex-adventurers/rules/sharing.ts'
import type { RowOf } from '../row-codec.ts'

export type Tally = RowOf<'ResourceShareRuleTally'>

/** Recipients in slot order; 0 in an empty slot. */
export const recipientsOf = (tally: Tally): readonly bigint[] => [
  tally.recipient_0,
  tally.recipient_1,
  tally.recipient_2,
  tally.recipient_3,
  tally.recipient_4,
  tally.recipient_5,
  tally.recipient_6,
  tally.recipient_7,
]

const withRecipients = (tally: Tally, recipients: readonly bigint[]): Tally => {
  const slot = (at: number): bigint => recipients[at] ?? 0n
  return {
    ...tally,
    recipient_0: slot(0),
    recipient_1: slot(1),
    recipient_2: slot(2),
    recipient_3: slot(3),
    recipient_4: slot(4),
    recipient_5: slot(5),
    recipient_6: slot(6),
    recipient_7: slot(7),
  }
}

/** The tally under a policy's epoch: one of an earlier epoch counts as empty. */
export const tallyInEpoch = (tally: Tally, policyEpoch: number): Tally =>
  tally.policy_epoch === policyEpoch
    ? tally
    : withRecipients(
        { ...tally, total_bp: 0, active_recipient_count: 0, policy_epoch: policyEpoch },
        [],
      )

/** A change of the rule of one recipient, in the block `now`. */
export type RuleChange = Readonly<{ recipient: bigint; priorBp: number; now: bigint }>

/** The tally after a rule of `priorBp` (0 when it had no effect) became `shareBp` (above 0). */
export const tallyWithRule = (
  tally: Tally,
  { recipient, priorBp, shareBp, now }: RuleChange & Readonly<{ shareBp: number }>,
): Tally => {
  const changed = {
    ...tally,
    total_bp: Math.max(0, tally.total_bp - priorBp) + shareBp,
    updated_block: now,
  }
  if (priorBp > 0) return changed
  const counted = { ...changed, active_recipient_count: changed.active_recipient_count + 1 }
  const recipients = [...recipientsOf(tally)]
  const free = recipients.indexOf(0n)
  if (recipients.includes(recipient) || free === -1) return counted
  recipients[free] = recipient
  return withRecipients(counted, recipients)
}

/** The tally after an effective rule of `priorBp` was cleared; its slot becomes free. */
export const tallyWithoutRule = (tally: Tally, { recipient, priorBp, now }: RuleChange): Tally =>
  withRecipients(
    {
      ...tally,
      total_bp: Math.max(0, tally.total_bp - priorBp),
      active_recipient_count: Math.max(0, tally.active_recipient_count - 1),
      updated_block: now,
    },
    recipientsOf(tally).map((held) => (held === recipient ? 0n : held)),
  )

/** Whether the tally has room for one more recipient. */
export const hasRoom = (tally: Tally): boolean =>
  tally.active_recipient_count < SHARE_RECIPIENTS_MAX
