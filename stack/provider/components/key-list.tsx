import type { ListedKey } from "../lib/keys/key-store.ts";
import { Moment } from "./moment.tsx";

type KeyListProps = { keys: ListedKey[]; onRevoke?: (key: ListedKey) => void; label: string };

/** Keys as a list, one row each; with `onRevoke`, each has a button for it. */
export function KeyList({ keys, onRevoke, label }: KeyListProps) {
  return (
    <ul className="keys" aria-label={label}>
      {keys.map((key) => (
        <li key={key.id} className={key.revokedAt ? "key revoked" : "key"} data-key-id={key.id}>
          <div className="key-name">
            <strong>{key.name}</strong>
            <span className={`badge ${key.mode}`}>{key.mode}</span>
          </div>
          <code className="key-prefix">{key.prefix}…</code>
          <dl className="key-facts">
            <div>
              <dt>Created</dt>
              <dd>
                <Moment iso={key.createdAt} />
              </dd>
            </div>
            <div>
              <dt>{key.revokedAt ? "Revoked" : "Last used"}</dt>
              <dd>{lastMoment(key)}</dd>
            </div>
          </dl>
          {onRevoke && (
            <button
              type="button"
              className="quiet"
              onClick={() => onRevoke(key)}
              aria-label={`Revoke ${key.name}`}
            >
              Revoke
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function lastMoment(key: ListedKey) {
  const iso = key.revokedAt ?? key.lastUsedAt;
  return iso ? <Moment iso={iso} /> : "Never";
}
