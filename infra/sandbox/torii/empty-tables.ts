/**
 * Tables that every Torii has (torii-and-starknet.md §2.2) and that stay empty here: the sandbox's
 * world has no tokens, no controllers, no achievements and no aggregations. Clients may query them
 * all the same.
 */

const CREATED = 'created_at TEXT NOT NULL'
const TIMES = `${CREATED}, updated_at TEXT NOT NULL`
const ID = 'id TEXT NOT NULL PRIMARY KEY'
const IN_WORLD = `${ID}, world_address TEXT NOT NULL, namespace TEXT NOT NULL`

const COLUMNS: Readonly<Record<string, string>> = {
  metadata: `${ID}, uri TEXT, json TEXT, icon_img TEXT, cover_img TEXT, executed_at TEXT NOT NULL, ${TIMES}`,
  tokens: `${ID}, contract_address TEXT NOT NULL, token_id TEXT, name TEXT NOT NULL, symbol TEXT NOT NULL,
    decimals INTEGER NOT NULL, metadata TEXT, total_supply TEXT, traits TEXT, ${TIMES}`,
  token_balances: `${ID}, balance TEXT NOT NULL, account_address TEXT NOT NULL, contract_address TEXT NOT NULL,
    token_id TEXT NOT NULL`,
  token_transfers: `${ID}, contract_address TEXT NOT NULL, from_address TEXT NOT NULL, to_address TEXT NOT NULL,
    amount TEXT NOT NULL, token_id TEXT NOT NULL, event_id TEXT NOT NULL, executed_at TEXT NOT NULL, ${CREATED}`,
  token_attributes: `${ID}, token_id TEXT NOT NULL, trait_name TEXT NOT NULL, trait_value TEXT NOT NULL`,
  controllers: `${ID}, username TEXT NOT NULL, address TEXT NOT NULL, deployed_at TEXT NOT NULL`,
  aggregations: `${ID}, aggregator_id TEXT NOT NULL, entity_id TEXT NOT NULL, value TEXT NOT NULL,
    display_value TEXT NOT NULL, model_id TEXT NOT NULL, metadata TEXT, ${TIMES}`,
  activities: `${ID}, caller_address TEXT NOT NULL, session_start TEXT NOT NULL, session_end TEXT NOT NULL,
    action_count INTEGER NOT NULL, entrypoints TEXT NOT NULL, updated_at TEXT NOT NULL`,
  achievements: `${IN_WORLD}, entity_id TEXT NOT NULL, hidden INTEGER NOT NULL, index_num INTEGER NOT NULL,
    points INTEGER NOT NULL, start TEXT NOT NULL, end TEXT NOT NULL, group_name TEXT NOT NULL, icon TEXT NOT NULL,
    title TEXT NOT NULL, description TEXT NOT NULL, tasks TEXT NOT NULL, data TEXT, total_completions INTEGER NOT NULL,
    completion_rate REAL NOT NULL, ${TIMES}`,
  achievement_tasks: `${IN_WORLD}, achievement_id TEXT NOT NULL, task_id TEXT NOT NULL, description TEXT NOT NULL,
    total INTEGER NOT NULL, total_completions INTEGER NOT NULL, completion_rate REAL NOT NULL, ${CREATED}`,
  achievement_progressions: `${IN_WORLD}, task_id TEXT NOT NULL, player_id TEXT NOT NULL, count INTEGER NOT NULL,
    completed INTEGER NOT NULL, completed_at TEXT, ${TIMES}`,
  player_achievements: `${IN_WORLD}, player_id TEXT NOT NULL, total_points INTEGER NOT NULL,
    completed_achievements INTEGER NOT NULL, total_achievements INTEGER NOT NULL, completion_percentage REAL NOT NULL,
    last_achievement_at TEXT, ${TIMES}`,
}

/** Statements that create them. */
export const EMPTY_TABLES = `
  ${Object.entries(COLUMNS)
    .map(([name, columns]) => `CREATE TABLE ${name} (${columns});`)
    .join('\n')}
  CREATE VIRTUAL TABLE search_index USING fts5 (
    entity_type UNINDEXED, entity_id UNINDEXED, primary_text, secondary_text, metadata UNINDEXED,
    tokenize = 'porter unicode61 remove_diacritics 2'
  );`
