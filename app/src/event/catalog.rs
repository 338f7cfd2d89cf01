//! What each event of the catalog carries and means, as data.
