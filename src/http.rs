//! What is neither a page nor the webhook.
