# Pictures of the business and its services.
media-file = Picture
media-hint = JPEG, PNG, WebP or GIF, at most 10 MB. Where and when it was taken is removed.
media-send = Send the picture
media-remove = Remove the picture
media-choose = Choose a photo
media-service = Photo of the service
media-service-of = Photo: { $name }
media-service-lead = It stands beside the service on your public page.
media-logo = Logo
media-logo-lead = It stands in the place of your initials on your public page. Transparency is kept.
media-logo-choose = Choose a logo
media-cover = Cover picture
media-cover-lead = It fills the whole width at the top of your public page: choose a photo in landscape.
media-cover-choose = Choose a picture
