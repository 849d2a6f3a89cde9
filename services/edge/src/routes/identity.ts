import type { Route } from '@florin/http';
import type { EdgeContext } from '../context.js';
import { changeEmail } from './customers/change-email.js';
import { changePassword } from './customers/change-password.js';
import { changePhone } from './customers/change-phone.js';
import { confirmPhone } from './customers/confirm-phone.js';
import { deleteOwnCustomer } from './customers/delete-own-customer.js';
import { findCustomer } from './customers/find-customer.js';
import { getOwnCustomer } from './customers/get-own-customer.js';
import { listCustomers } from './customers/list-customers.js';
import { registerCustomer } from './customers/register-customer.js';
import { requestPasswordReset } from './customers/request-password-reset.js';
import { resendVerification } from './customers/resend-verification.js';
import { resetPassword } from './customers/reset-password.js';
import { updateOwnCustomer } from './customers/update-own-customer.js';
import { verifyEmail } from './customers/verify-email.js';
import { listKeys } from './keys/list-keys.js';
import { confirmLogin } from './sessions/confirm-login.js';
import { listSessions } from './sessions/list-sessions.js';
import { logIn } from './sessions/log-in.js';
import { logOut } from './sessions/log-out.js';
import { refreshSession } from './sessions/refresh-session.js';
import { revokeSession } from './sessions/revoke-session.js';

/** Who the customers are and how they sign in. */
export const identityRoutes: readonly Route<EdgeContext>[] = [
  registerCustomer,
  verifyEmail,
  resendVerification,
  requestPasswordReset,
  resetPassword,
  getOwnCustomer,
  updateOwnCustomer,
  changePassword,
  changeEmail,
  changePhone,
  confirmPhone,
  deleteOwnCustomer,
  findCustomer,
  listCustomers,
  logIn,
  confirmLogin,
  refreshSession,
  listSessions,
  logOut,
  revokeSession,
  listKeys,
];
