// The few pictures of this app, drawn here so that none is loaded from elsewhere.
import type { ReactNode } from 'react'

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  )
}

export function Mark() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0f5c63" />
      <path d="M6 20c3 3 17 3 20 0l-2.5 5h-15z" fill="#fff" />
      <path d="M15 6v12M15 7l7 9h-7" fill="none" stroke="#fff" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}

export const ChatIcon = () => (
  <Icon>
    <path d="M20 4H4a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h4v4l5-4h7a1 1 0 0 0 1-1V5a1 1 0 0 0-1-1z" />
  </Icon>
)

export const BellIcon = () => (
  <Icon>
    <path d="M6 10a6 6 0 0 1 12 0v4l2 3H4l2-3zM10 20a2 2 0 0 0 4 0" />
  </Icon>
)

export const PeopleIcon = () => (
  <Icon>
    <path d="M12 21s-7-4.600-9-9c-1.500-3.500.6-7 4-7 2 0 3.800 1.200 5 3 1.200-1.800 3-3 5-3 3.400 0 5.500 3.500 4 7-2 4.400-9 9-9 9z" />
  </Icon>
)

export const DevicesIcon = () => (
  <Icon>
    <rect x="3" y="5" width="13" height="10" rx="1.5" />
    <path d="M2 19h11M17 10h4v9h-5" />
  </Icon>
)

export const UsersIcon = () => (
  <Icon>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2.5 20c.6-4 3-6 6.500-6s5.900 2 6.500 6M16 5a3.500 3.500 0 0 1 0 6.500M18 14.500c2 .7 3.200 2.500 3.500 5.500" />
  </Icon>
)

export const PulseIcon = () => (
  <Icon>
    <path d="M2 12h4l3-7 5 14 3-7h5" />
  </Icon>
)

export const ChartIcon = () => (
  <Icon>
    <path d="M4 4v15a1 1 0 0 0 1 1h15M8 16v-4M12 16V8M16 16v-6" />
  </Icon>
)

export const CartIcon = () => (
  <Icon>
    <path d="M3 4h3l2.400 11h9.200L20 7.500H7" />
    <circle cx="9.500" cy="19" r="1.500" />
    <circle cx="16.500" cy="19" r="1.500" />
  </Icon>
)

export const HookIcon = () => (
  <Icon>
    <path d="M14 7v8a5 5 0 0 1-10 0v-1.500l2.500 1.500" />
    <circle cx="14" cy="4.500" r="2" />
  </Icon>
)

export const LinksIcon = () => (
  <Icon>
    <circle cx="5" cy="12" r="2.500" />
    <circle cx="19" cy="5" r="2.500" />
    <circle cx="19" cy="12" r="2.500" />
    <circle cx="19" cy="19" r="2.500" />
    <path d="M7.500 12h9M7 10.500l9.500-4.500M7 13.500l9.500 4.500" />
  </Icon>
)

export const ImageIcon = () => (
  <Icon>
    <rect x="3" y="4" width="18" height="16" rx="2" />
    <circle cx="9" cy="10" r="1.600" />
    <path d="M4 18l5.500-5 4 3.500 3-2.500L20 17" />
  </Icon>
)

export const BackIcon = () => (
  <Icon>
    <path d="M15 5l-7 7 7 7" />
  </Icon>
)

export const LeaveIcon = () => (
  <Icon>
    <path d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4" />
  </Icon>
)

export const QuizIcon = () => (
  <Icon>
    <path d="M9 4h6M12 4v3M12 21a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM12 11v3l2 1.5" />
  </Icon>
)

export const HelpIcon = () => (
  <Icon>
    <path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5.6 5.6l3.6 3.6M14.8 14.8l3.6 3.6M18.4 5.6l-3.6 3.6M9.2 14.8l-3.6 3.6" />
  </Icon>
)
