import type { ReactNode } from 'react';

const icon =
  (content: ReactNode, filled = false) =>
  () => (
    <svg
      viewBox="0 0 20 20"
      width="18"
      height="18"
      aria-hidden="true"
      fill={filled ? 'currentColor' : 'none'}
      stroke={filled ? 'none' : 'currentColor'}
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {content}
    </svg>
  );

/** Drawn on a grid of 20 by 20, lines of 1.6. */
export const icons = {
  session: icon(<path d="M3 5.500h14M3 10h9M3 14.500h12" />),
  stems: icon(<path d="M4 8v4M8 4v12M12 6.500v7M16 8.500v3" />),
  notes: icon(
    <path d="M3 13.500h4M7.500 9.500h5M13 5.500h4M13 15.500h3M3 5.500h2.500" strokeWidth="2.600" />,
  ),
  mix: icon(<path d="M5 3v5M5 12v5M3 10h4M10 3v8M10 15v2M8 13h4M15 3v2M15 9v8M13 7h4" />),
  jobs: icon(<path d="M10 3a7 7 0 1 0 7 7M10 6v4l3 2" />),
  models: icon(<path d="M10 2.500 16.500 6v8L10 17.500 3.500 14V6zM3.500 6 10 9.500 16.500 6M10 9.500v8" />),
  doctor: icon(<path d="M2.500 10.500h3.500l2-5.500 3.500 10 2-4.500h4" />),
  play: icon(
    <path d="M6 3.800v12.400a.6.6 0 0 0 .92.500l9.600-6.200a.6.6 0 0 0 0-1L6.920 3.300A.6.6 0 0 0 6 3.800z" />,
    true,
  ),
  pause: icon(<path d="M5.500 3.500h3v13h-3zM11.500 3.500h3v13h-3z" />, true),
  toStart: icon(<path d="M5 4v12M15.500 4.500v11L7.500 10z" />),
  loop: icon(
    <path d="M4 10V8a3 3 0 0 1 3-3h8m-2-2.500L15.500 5 13 7.500M16 10v2a3 3 0 0 1-3 3H5m2 2.500L4.500 15 7 12.500" />,
  ),
  follow: icon(<path d="M10 3v14M13 10h4m-1.800-1.800L17 10l-1.800 1.800M3 10h4" />),
  zoomIn: icon(<path d="M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.800 12.800 17 17M7 9h4M9 7v4" />),
  zoomOut: icon(<path d="M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.800 12.800 17 17M7 9h4" />),
  zoomAll: icon(<path d="M3 10h14M5.500 7.500 3 10l2.500 2.500M14.500 7.500 17 10l-2.500 2.500" />),
  close: icon(<path d="m5.500 5.500 9 9M14.500 5.500l-9 9" />),
  open: icon(<path d="M10 4v12M4 10h12" />),
  undo: icon(<path d="M7 4 3.500 7.500 7 11M4 7.500h8a4.500 4.500 0 0 1 0 9H8" />),
  redo: icon(<path d="M13 4l3.500 3.500L13 11M16 7.500H8a4.500 4.500 0 0 0 0 9h4" />),
  drag: icon(<path d="M10 3v9M6.500 8.500 10 12l3.500-3.500M4 15.500h12" />),
  preferences: icon(
    <path d="M3 6h7M14 6h3M3 14h3M10 14h7M12 4.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600zM8 12.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600z" />,
  ),
  keyboard: icon(
    <path d="M2.500 5.500h15v9h-15zM5.500 8.500h.01M8.500 8.500h.01M11.500 8.500h.01M14.500 8.500h.01M6.500 11.800h7" />,
  ),
  up: icon(<path d="M10 16V4.500M5.500 9 10 4.500 14.500 9" />),
  down: icon(<path d="M10 4v11.500M5.500 11l4.500 4.500 4.500-4.500" />),
  good: icon(<path d="m4.500 10.500 3.500 3.500 7.500-8" strokeWidth="2" />),
  warn: icon(<path d="M10 3.500 17.500 16.500h-15zM10 8.500v3.500M10 14.300h.01" />),
  spectrogram: icon(
    <path d="M3.500 16.500V12M7 16.500V5.500M10.500 16.500V9M14 16.500V3.500M17 16.500V11M2.500 16.500h15" />,
  ),
  snap: icon(
    <path d="M5 3.500v7a5 5 0 0 0 10 0v-7h-3.500v7a1.500 1.500 0 0 1-3 0v-7zM5 7h3.500M11.500 7H15" />,
  ),
  listen: icon(
    <path d="M4 8v4h2.500L10 15V5L6.500 8zM13 7.500a3.500 3.500 0 0 1 0 5M15 5.500a6.500 6.500 0 0 1 0 9" />,
  ),
};
