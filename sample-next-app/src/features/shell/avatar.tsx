import styles from './avatar.module.css'

interface Props {
  readonly id: string
  readonly name: string
  readonly image?: string | null | undefined
  /** Shown as a dot; nothing if it is not known. */
  readonly online?: boolean | undefined
}

const HUES = 12

/** A colour that stays someone's own. */
function hueOf(id: string): number {
  let sum = 0
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973
  return (sum % HUES) * (360 / HUES)
}

const initialsOf = (name: string) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('')

/** Someone's picture, or their initials. The name stands beside it. */
export function Avatar({ id, name, image, online }: Props) {
  return (
    <span className={styles.avatar} style={{ '--hue': hueOf(id) } as React.CSSProperties} aria-hidden="true">
      {/* A picture from elsewhere: its host must not learn which page shows it. */}
      {image ? <img src={image} alt="" referrerPolicy="no-referrer" /> : initialsOf(name)}
      {online !== undefined && <span className={styles.presence} data-online={online} />}
    </span>
  )
}
