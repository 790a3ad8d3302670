import { withOutrigger } from '@outrigger/client/next'
import type { NextConfig } from 'next'

// A build of its own, beside the one that `next start` takes: `SAMPLE_STANDALONE=1 npm run build`.
const standalone = { output: 'standalone', distDir: '.next-standalone' } as const

const config = {
  ...(process.env.SAMPLE_STANDALONE ? standalone : {}),
  // The socket paths end as the client spelt them.
  skipTrailingSlashRedirect: true,
  reactStrictMode: true,
  poweredByHeader: false,
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  // SQLite is a native module, found by its name only at run time.
  outputFileTracingIncludes: { '/*': ['./node_modules/@libsql/**/*', './node_modules/libsql/**/*'] },
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'Referrer-Policy', value: 'same-origin' },
        { key: 'X-Frame-Options', value: 'DENY' },
      ],
    },
  ],
} satisfies NextConfig

// The sidecar's address is known when the app runs, not when it is built: `src/proxy.ts` passes the sockets on.
export default withOutrigger(config, { url: false })
