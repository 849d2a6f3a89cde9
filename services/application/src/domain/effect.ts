/** What a change of an application sets off outside of it. */
export type Effect =
  | { readonly type: 'run-step'; readonly step: string }
  | {
      readonly type: 'open-wallet';
      readonly walletId: string;
      readonly walletType: string;
      readonly name: string | null;
    }
  | { readonly type: 'issue-card'; readonly cardId: string; readonly walletId: string }
  | {
      readonly type: 'tell-decision';
      readonly outcome: 'approved' | 'declined';
      readonly reason: string | null;
    };
